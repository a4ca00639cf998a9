"""The guard: who may sign, what a chain asks, the gate."""
