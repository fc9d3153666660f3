"""Removing people everywhere, and proving it: who they are, the lake without them, what is made anew, the receipt."""
