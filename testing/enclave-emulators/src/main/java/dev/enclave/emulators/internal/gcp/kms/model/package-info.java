/** Keys, their versions and the rules of both. */
@org.jspecify.annotations.NullMarked
package dev.enclave.emulators.internal.gcp.kms.model;
