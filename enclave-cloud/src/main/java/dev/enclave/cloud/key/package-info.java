/**
 * What a remote backend does with keys, whatever the service: adopts those that others made, reads
 * many beside each other, wraps data keys, takes backups in and clears away what was left
 * unfinished. Each part asks a backend for its service's own requests and does the rest.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.cloud.key;
