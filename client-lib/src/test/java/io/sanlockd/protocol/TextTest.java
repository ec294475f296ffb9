package io.sanlockd.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sanlockd.model.LeaseName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The text forms of section 11 and cli.md 2. */
class TextTest {
  private static final String NAME48 = "N".repeat(48);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a:|-6",
        "abc|-1",
        "a:b:c|-1",
        "a:b:/p:x|-1",
        "a:b::0|-1",
        "a:b:/p:0:|-1",
        "a:b:/p:0\\|-1",
        "a:b:/1:0:/2:0:/3:0:/4:0:/5:0|-2",
        "NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN:b:/p:0|-1",
      })
  void malformedResourcesCarryTheNumberOfTheLibrary(String text, int number) {
    TextFormatException error =
        catchThrowableOfType(TextFormatException.class, () -> ResourceText.parse(text));
    assertThat(error.number()).isEqualTo(number);
  }

  @Test
  void aResourceHasOneToFourDisksAndAVersion() throws Exception {
    Resource resource = ResourceText.parse("LS:" + NAME48 + ":/a\\:b:512:/c\\\\d: +7x:0x10");
    assertThat(resource.name()).isEqualTo(LeaseName.of(NAME48));
    assertThat(resource.disks()).containsExactly(new Disk("/a:b", 512), new Disk("/c\\d", 7));
    assertThat(resource.lver()).isEqualTo(16);
    assertThat(resource.flags()).isEqualTo(ResourceFlags.LVER);
    assertThat(ResourceText.parse("LS:R").numDisks()).isZero();
    assertThat(ResourceText.parse("LS:R:/a:0:SHARED").flags()).isEqualTo(ResourceFlags.SHARED);
    assertThat(ResourceText.parse("LS:R:/a:0:010").lver()).isEqualTo(8);
  }

  @Test
  void aResourceIsPrintedWithItsVersionOrSh() throws Exception {
    assertThat(ResourceText.format(ResourceText.parse("LS:R:/a b\\:c:0:/d:1")))
        .isEqualTo("LS:R:/a\\ b\\:c:0:/d:1:0");
    assertThat(ResourceText.format(ResourceText.parse("LS:R:/a:0:SH"))).isEqualTo("LS:R:/a:0:SH");
  }

  @Test
  void theFirstOffsetMayBeGivenInMebibytesEvenBehindAnEscapedColon() throws Exception {
    assertThat(ResourceText.parseArgument("L:R:/a\\:M:3M:5").disks())
        .containsExactly(new Disk("/a:M", 3 << 20));
    assertThat(ResourceText.parseArgument("L:R:/a:1MB").disks().get(0).offset()).isEqualTo(1 << 20);
    assertThat(LockspaceText.parseArgument("L:1:/a:2M", Lockspace.NONE).disk().offset())
        .isEqualTo(2 << 20);
    assertThat(LockspaceText.parseArgument("L:1:/a:M", Lockspace.NONE).disk().offset()).isZero();
    assertThat(LockspaceText.parseArgument("L:1:/a:1m", Lockspace.NONE).disk().offset())
        .isEqualTo(1);
  }

  @Test
  void aLockspaceTextOverridesOnlyTheFieldsItHas() {
    Lockspace first = LockspaceText.parse("LS1:7:/a\\\\\\:b:4096:9");
    assertThat(first).isEqualTo(new Lockspace(LeaseName.of("LS1"), 7, 0, new Disk("/a:b", 4096)));
    Lockspace second = LockspaceText.parse("LS2:x", first);
    assertThat(second).isEqualTo(new Lockspace(LeaseName.of("LS2"), 0, 0, new Disk("/a:b", 4096)));
    assertThat(LockspaceText.format(first)).isEqualTo("LS1:7:/a:b:4096");
    assertThat(LockspaceText.formatEscaped(first)).isEqualTo("LS1:7:/a\\:b:4096");
    assertThat(LockspaceText.parse("L".repeat(60)).name().length()).isEqualTo(48);
    assertThat(LockspaceText.format(LockspaceText.parse("a:-1:/p:0x200000")))
        .isEqualTo("a:18446744073709551615:/p:0");
  }

  @Test
  void aStateTextIsSplitAtBlanksBehindThreeColons() throws Exception {
    List<Resource> leases = StateText.parse("LS1:r1:/a b:1048576:1 LS1:r2:/c\\ d:0:SH");
    assertThat(leases).hasSize(2);
    assertThat(leases.get(0).disks().get(0).path()).isEqualTo("/a b");
    assertThat(leases.get(1).disks().get(0).path()).isEqualTo("/c d");
    assertThat(StateText.format(leases)).isEqualTo("LS1:r1:/a\\ b:1048576:1 LS1:r2:/c\\ d:0:SH");
    assertThat(StateText.parse("")).isEmpty();
  }

  @Test
  void pathsAreEscapedOnceAndUnescapedCompletely() {
    assertThat(PathEscaping.exported("/a b:c\\:d\\")).isEqualTo("/a\\ b\\:c\\:d\\");
    assertThat(PathEscaping.imported("/a\\\\b\\:c")).isEqualTo("/ab:c");
  }

  @Test
  void indexesAndEntriesAreRead() {
    assertThat(IndexText.parseIndex("LS:/a\\:b:2M"))
        .isEqualTo(new ResourceIndex(0, 0, LeaseName.of("LS"), new Disk("/a:b", 2 << 20)));
    assertThat(IndexText.parseEntry(":3M")).isEqualTo(new IndexEntry(LeaseName.EMPTY, 3 << 20, 0));
    assertThat(IndexText.parseEntry("r1")).isEqualTo(new IndexEntry(LeaseName.of("r1"), 0, 0));
    assertThat(IndexText.parseEntry("r1:77").offset()).isEqualTo(77);
  }

  @Test
  void numbersAreReadLikeTheCLibraryReadsThem() {
    assertThat(CNumbers.atoi(" \t-12x")).isEqualTo(-12);
    assertThat(CNumbers.atoi(" +12 ")).isEqualTo(12);
    assertThat(CNumbers.atoi("x")).isZero();
    assertThat(CNumbers.atoi("-")).isZero();
    assertThat(CNumbers.atoi("")).isZero();
    assertThat(CNumbers.atoll("99999999999999999999")).isEqualTo(Long.MAX_VALUE);
    assertThat(CNumbers.atoll("-99999999999999999999")).isEqualTo(Long.MIN_VALUE);
    assertThat(CNumbers.strtoull("0x1F")).isEqualTo(31);
    assertThat(CNumbers.strtoull("0xg")).isZero();
    assertThat(CNumbers.strtoull("018")).isEqualTo(1);
    assertThat(CNumbers.strtoull("-1")).isEqualTo(-1);
    assertThat(CNumbers.strtoull("18446744073709551615")).isEqualTo(-1);
    assertThat(CNumbers.strtoull("18446744073709551616")).isEqualTo(-1);
    assertThat(CNumbers.strtoull("0x10000000000000000")).isEqualTo(-1);
    assertThat(CNumbers.scanUnsigned("0x20")).isZero();
    assertThat(CNumbers.hasDigits(" +1")).isTrue();
    assertThat(CNumbers.hasDigits("-")).isFalse();
  }
}
