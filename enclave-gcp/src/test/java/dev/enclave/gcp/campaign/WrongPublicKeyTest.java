package dev.enclave.gcp.campaign;

import dev.enclave.campaign.WrongPublicKeyCampaign;
import java.util.List;

class WrongPublicKeyTest extends WrongPublicKeyCampaign {

  WrongPublicKeyTest() {
    super(new GcpUnderTest(), List.of("GetPublicKey"), "flipped-bit-with-checksum");
  }
}
