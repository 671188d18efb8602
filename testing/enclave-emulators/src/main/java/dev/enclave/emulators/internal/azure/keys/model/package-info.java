/** Keys, their versions and the rules of both. */
@org.jspecify.annotations.NullMarked
package dev.enclave.emulators.internal.azure.keys.model;
