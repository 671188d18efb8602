/** What several operations use. */
@org.jspecify.annotations.NullMarked
package dev.enclave.emulators.internal.gcp.kms.shared;
