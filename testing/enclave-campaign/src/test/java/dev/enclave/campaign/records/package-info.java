/** What campaigns say of a store of records, which all backends that keep keys themselves use. */
@org.jspecify.annotations.NullMarked
package dev.enclave.campaign.records;
