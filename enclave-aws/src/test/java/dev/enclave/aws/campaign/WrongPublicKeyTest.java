package dev.enclave.aws.campaign;

import dev.enclave.campaign.WrongPublicKeyCampaign;
import java.util.List;

class WrongPublicKeyTest extends WrongPublicKeyCampaign {

  WrongPublicKeyTest() {
    super(new AwsUnderTest(), List.of("GetPublicKey"), "flipped-bit");
  }
}
