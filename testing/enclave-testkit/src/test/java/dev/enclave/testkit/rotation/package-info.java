/** Automatic rotation, in virtual time. */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.rotation;
