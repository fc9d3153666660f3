"""Which folders are to be made, and which of them have changed."""
