"""One live line a message, whatever the order of arrival."""
