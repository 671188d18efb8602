package dev.enclave.emulators.internal.gcp.kms;

import com.google.cloud.kms.v1.LocationMetadata;
import com.google.cloud.location.GetLocationRequest;
import com.google.cloud.location.ListLocationsRequest;
import com.google.cloud.location.ListLocationsResponse;
import com.google.cloud.location.Location;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Kind;
import dev.enclave.emulators.internal.gcp.kms.shared.Lists;
import dev.enclave.emulators.internal.gcp.kms.shared.Paging;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;

/** google/cloud/location/locations.proto; service.proto, LocationMetadata. */
final class Locations {

  private static final String SERVICE = "google.cloud.location.Locations";

  private final Shared shared;

  Locations(Shared shared) {
    this.shared = shared;
  }

  void register(Operations operations) {
    operations.put(SERVICE, "GetLocation", GetLocationRequest.getDefaultInstance(), this::get);
    operations.put(SERVICE, "ListLocations", ListLocationsRequest.getDefaultInstance(), this::list);
  }

  private Message get(Call call, GetLocationRequest request) {
    String name = shared.location("name", request.getName());
    call.require("cloudkms.locations.get", name);
    return location(Kind.idOf(name));
  }

  private Message list(Call call, ListLocationsRequest request) {
    String project = "projects/" + shared.settings().project();
    if (!request.getName().equals(project)) {
      throw GcpFailure.invalid("The name field must be a project of the form projects/*.");
    }
    Lists.refuseFilter(request.getFilter(), "");
    NavigableMap<String, Location> all = new TreeMap<>();
    shared.settings().locations().forEach(id -> all.put(id, location(id)));
    Paging.Page<Location> page =
        Paging.read(request.getPageSize(), request.getPageToken(), shared.settings().mostItems())
            .of(all, Function.identity());
    return ListLocationsResponse.newBuilder()
        .addAllLocations(page.items())
        .setNextPageToken(page.nextToken())
        .build();
  }

  private Location location(String id) {
    return Location.newBuilder()
        .setName("projects/" + shared.settings().project() + "/locations/" + id)
        .setLocationId(id)
        .setMetadata(Any.pack(LocationMetadata.newBuilder().setHsmAvailable(true).build()))
        .build();
  }
}
