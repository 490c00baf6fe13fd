"""Pure rules of order to cash: values in, values out; no I/O, no clock, no random."""
