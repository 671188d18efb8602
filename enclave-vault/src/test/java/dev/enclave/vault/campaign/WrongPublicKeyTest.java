package dev.enclave.vault.campaign;

import dev.enclave.campaign.WrongPublicKeyCampaign;
import java.util.List;

class WrongPublicKeyTest extends WrongPublicKeyCampaign {

  WrongPublicKeyTest() {
    super(new VaultUnderTest(), List.of("transit/keys:create", "transit/keys:read"), "flipped-bit");
  }
}
