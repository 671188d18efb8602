/** What several operations use. */
@org.jspecify.annotations.NullMarked
package dev.enclave.emulators.internal.azure.keys.shared;
