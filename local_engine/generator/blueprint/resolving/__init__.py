"""From the source model to the resolved Blueprint: names, types, access and rules made plain."""
