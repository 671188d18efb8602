/** Processes that are killed while they carry out what was deferred in an outage. */
@NullMarked
package dev.enclave.jobs.kills;

import org.jspecify.annotations.NullMarked;
