/** A backend shaped like a cloud's key service, whose faults a script gives. */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.cloud;
