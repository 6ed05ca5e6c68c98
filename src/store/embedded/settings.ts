/**
 * How the embedded server is run. Given on the command line rather than in postgresql.conf, so that a newer Rollcall
 * can change them without touching a data folder. Each is described under
 * https://www.postgresql.org/docs/18/runtime-config.html
 */
export function serverSettings(port: number): Record<string, string> {
  return {
    // Reachable from this machine only, by password. A unix socket would add nothing but a 107 byte limit on its path.
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    max_connections: '50',

    // A committed page of records stays committed when the power fails.
    fsync: 'on',
    synchronous_commit: 'on',

    // Room to work beside Rollcall on a small machine. Parallel workers would multiply work_mem, and their queues live
    // in /dev/shm, of which a container has 64 MB.
    shared_buffers: '96MB',
    maintenance_work_mem: '16MB',
    max_wal_size: '1GB',
    max_logical_replication_workers: '0',
    max_parallel_workers_per_gather: '0',
    max_parallel_maintenance_workers: '0',
    jit: 'off',
    // With `try`, a host that has huge pages but does not grant them to the container kills the server by SIGBUS.
    huge_pages: 'off',

    // Notices within half a second that a process died while its query was still running.
    client_connection_check_interval: '500ms',

    // The log is about the server's own life: see also what `ensureDatabase` sets for sessions.
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    log_timezone: 'UTC',
    timezone: 'UTC',
  }
}
