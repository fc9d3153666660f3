"""Great Expectations on the night's batch and on the finished marts, and the gate before publishing."""
