"""One live line a message, in any order of arrival."""
