package dev.qsc.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a ledger: the one that is written, and those that were set aside under the number of their first record.
 */
final class LedgerFiles {
    private static final Pattern NAME = Pattern.compile("qsc_canary(?:\\.(?<first>[0-9]{1,18}))?\\.jsonl");

    private LedgerFiles() {}

    /**
     * The files in the order of their records; one that was given twice, or is there under two names, counts once.
     *
     * @param given files, and directories with files of a ledger
     * @throws NoAnswerException when one is not there
     */
    static List<Path> inOrder(List<Path> given) {
        try {
            List<Path> files = new ArrayList<>();
            for (Path path : given) {
                for (Path file : Files.isDirectory(path) ? in(path) : List.of(path)) {
                    if (!isAmong(files, file)) {
                        files.add(file);
                    }
                }
            }
            files.sort(Comparator.comparingLong(LedgerFiles::first));
            return files;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** A file's bytes. */
    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            List<Path> ledger = all.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .toList();
            if (ledger.isEmpty()) {
                throw new NoAnswerException("There is no ledger in %s: no qsc_canary.jsonl".formatted(directory));
            }
            return ledger;
        }
    }

    /** A rotation that was cut short leaves one file under two names; it goes on with the next record. */
    private static boolean isAmong(List<Path> files, Path file) throws IOException {
        for (Path other : files) {
            if (Files.size(other) == Files.size(file) && Files.mismatch(other, file) < 0) {
                return true;
            }
        }
        return false;
    }

    /** The number of a file's first record, by its name or else by its first line; the last of all if neither says. */
    private static long first(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() && name.group("first") != null
                ? Long.parseLong(name.group("first"))
                : LedgerChain.sequence(firstLine(file)).orElse(Long.MAX_VALUE);
    }

    private static byte[] firstLine(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                line.write(next);
            }
            return line.toByteArray();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static NoAnswerException unreadable(IOException e) {
        return new NoAnswerException(
                e instanceof NoSuchFileException
                        ? "There is no file " + e.getMessage()
                        : "The ledger cannot be read: " + e.getMessage(),
                e);
    }
}
