"""Great Expectations on the loaded batch and on the finished marts, and the gate before publishing."""
