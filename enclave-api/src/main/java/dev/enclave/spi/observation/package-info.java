/** Being told of operations as they end, for metrics, traces and alarms. */
@org.jspecify.annotations.NullMarked
package dev.enclave.spi.observation;
