"""Real processes are killed, real servers stopped; then nothing may be lost or doubled."""
