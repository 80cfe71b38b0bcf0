-- Build and compare with as many parallel workers as the server gives.
RESET max_parallel_maintenance_workers;
RESET max_parallel_workers_per_gather
