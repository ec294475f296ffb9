package io.sanlockd.sim;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The simulator with some production classes replaced. */
final class MutantLoader extends URLClassLoader {
  /** Whatever may see a replaced class is loaded anew. */
  private static final List<String> ANEW =
      List.of("io.sanlockd.lease.", "io.sanlockd.daemon.", "io.sanlockd.sim.");

  private MutantLoader(URL[] urls) {
    super(urls, MutantLoader.class.getClassLoader());
  }

  static MutantLoader compile(List<Path> sources, Path work) throws IOException {
    Path classes = Files.createDirectories(work.resolve("classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "-proc:none",
              "-nowarn",
              "-d",
              classes.toString(),
              "-classpath",
              System.getProperty("java.class.path"));
      boolean compiled =
          compiler
              .getTask(null, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!compiled) {
        throw new IllegalStateException("the mutant does not compile");
      }
    }
    List<URL> urls = new ArrayList<>();
    urls.add(url(classes.toFile()));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      urls.add(url(new File(entry)));
    }
    return new MutantLoader(urls.toArray(new URL[0]));
  }

  private static URL url(File file) throws MalformedURLException {
    return file.toURI().toURL();
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (ANEW.stream().noneMatch(name::startsWith)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> found = findLoadedClass(name);
      return found != null ? found : findClass(name);
    }
  }

  /** The first violation in the worlds of a mutant. */
  Optional<String> search(Mutant mutant) throws ReflectiveOperationException {
    Object found =
        loadClass("io.sanlockd.sim.Simulate")
            .getMethod("firstViolation", String.class, int.class, int.class, long.class, long.class)
            .invoke(
                null,
                mutant.faults(),
                mutant.hosts(),
                mutant.cHosts(),
                mutant.firstSeed(),
                mutant.lastSeed());
    return ((Optional<?>) found).map(Object::toString);
  }
}
