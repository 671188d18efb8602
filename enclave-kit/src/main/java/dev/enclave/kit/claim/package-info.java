/**
 * Claims on files that hold against other threads, class loaders and processes, and whether files
 * are this user's alone. For the modules of Enclave alone: no part of the API.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.claim;
