"""Two invented organisations with a campaign each, for showing Kernetid; everything is made through the actions."""
