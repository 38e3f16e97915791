"""What people and programs touch: the workbench, the API, the command line, and the settings behind them."""
