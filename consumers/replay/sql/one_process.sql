-- Build and compare without parallel workers: live events need the other cores.
SET max_parallel_maintenance_workers = 0;
SET max_parallel_workers_per_gather = 0
