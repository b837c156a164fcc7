"""Costs: the lines of medical-expense notices, by month and by place, and for the year's tax form. Hers alone."""
