@org.jspecify.annotations.NullMarked
package dev.enclave.emulators.gcp;
