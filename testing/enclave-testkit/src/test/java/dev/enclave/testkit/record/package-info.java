@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.record;
