/** Migration of keys between backends: plans, approvals and records, and what carries them out. */
@org.jspecify.annotations.NullMarked
package dev.enclave.migration;
