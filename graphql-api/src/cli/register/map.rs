//! `liandong register map`.

use clap::{Args, ValueEnum};
use liandong_engine::{
    rules::{id::UnitCode, instant::Instant, world::World},
    run::{picture, source::Clock},
};

use crate::cli::{
    database::{Origin, Place, compile, read_files, with_existing},
    instant,
    logging::{self, LogFormat},
    output,
    trouble::Trouble,
};

/// Draw the map below a unit, with posts and holders, as text for Mermaid or Graphviz
#[derive(Debug, Args)]
pub(in crate::cli) struct Map {
    /// The unit at the top
    #[arg(long, value_name = "CODE")]
    root: UnitCode,
    /// For which program
    #[arg(long = "as", value_name = "FORMAT", value_enum)]
    format: Format,
    /// How many levels below the root are drawn; what lies deeper is counted
    #[arg(long, value_name = "N", default_value_t = 2)]
    depth: usize,
    /// The day or instant; now, when it is not given
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    at: Option<Instant>,
    #[command(flatten)]
    origin: Origin,
}

/// What draws the text.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Mermaid, as in Markdown
    Mermaid,
    /// Graphviz
    Dot,
}

impl Map {
    pub(in crate::cli) fn run(self) -> Result<(), Trouble> {
        logging::start(LogFormat::Text, logging::COMMAND);
        let text = match self.origin.place()? {
            Place::Files(dir) => self.draw(&compile(read_files(dir, "nothing was drawn")?)?)?,
            Place::Database(url) => with_existing(url, async |engine| self.draw(&engine.world()))?,
        };
        Ok(output::print(&text)?)
    }

    fn draw(&self, world: &World) -> Result<String, Trouble> {
        let at = self.at.unwrap_or_else(|| Clock::System.now());
        let root =
            world.find_unit(self.root.as_str()).filter(|unit| world.tree().exists(*unit, at)).ok_or_else(|| {
                let when = self.at.map_or_else(|| "now".to_owned(), |at| format!("at {}", at.text(world.zone())));
                Trouble::Refused(format!("unit `{}` is not in the register {when}; check the code", self.root))
            })?;
        Ok(match self.format {
            Format::Mermaid => picture::mermaid(world, root, self.depth, at),
            Format::Dot => picture::dot(world, root, self.depth, at),
        })
    }
}
