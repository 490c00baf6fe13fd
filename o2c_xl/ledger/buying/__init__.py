"""The books behind buying: proposals, purchase orders, suppliers' bills."""
