"""What care cost: a year by month, by place and by kind, each line, and the draft of the tax form."""
