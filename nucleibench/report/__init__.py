"""Tables and figures of the results, beside the paper's own."""
