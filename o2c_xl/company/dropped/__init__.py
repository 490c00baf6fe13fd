"""The drop folders of a company at work: what is dropped is claimed, handled and told."""
