/** What Enclave finds of its environment, and how its parts are. */
@org.jspecify.annotations.NullMarked
package dev.enclave.diagnosis;
