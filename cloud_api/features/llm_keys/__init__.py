"""Keys of model providers that users entrust to the cloud."""
