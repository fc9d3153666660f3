"""A believable landing zone to try things on: the same options and seed give the same bytes."""
