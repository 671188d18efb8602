/**
 * Claims on files that hold against other threads, class loaders and processes. For the modules of
 * Enclave alone: no part of the API.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.claim;
