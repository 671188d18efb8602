/** Deferred operations on a database: H2 in a file, or PostgreSQL. */
@org.jspecify.annotations.NullMarked
package dev.enclave.jobs;
