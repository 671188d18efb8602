@org.jspecify.annotations.NullMarked
package dev.enclave.slf4j;
