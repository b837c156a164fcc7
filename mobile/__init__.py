"""The phone: what a person sees and touches, her own copy of her record."""
