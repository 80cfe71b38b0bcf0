-- Room for sorting whole rows; what does not fit goes to the server's disk.
SET LOCAL work_mem = '64MB'
