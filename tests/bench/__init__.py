"""`make bench`: what the product promises in numbers, measured on this machine and printed."""
