package dev.enclave.azure.campaign;

import dev.enclave.campaign.WrongPublicKeyCampaign;
import java.util.List;

class WrongPublicKeyTest extends WrongPublicKeyCampaign {

  WrongPublicKeyTest() {
    super(new AzureUnderTest(), List.of("CreateKey", "GetKey", "UpdateKey"), "flipped-bit");
  }
}
