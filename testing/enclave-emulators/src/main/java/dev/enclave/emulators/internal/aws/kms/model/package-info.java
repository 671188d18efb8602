/** Keys, their versions and the rules of both. */
@org.jspecify.annotations.NullMarked
package dev.enclave.emulators.internal.aws.kms.model;
